"""Tests, named as promises; builders of workbooks that several tests share are imported from here."""
