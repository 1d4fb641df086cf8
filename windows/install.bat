@echo off
rem Installs consolidate for the person who runs this file: once, and again after each new version.
rem Written for Windows 10 and 11. It has not been run on Windows yet.
rem Words for the reader stand in the folder "messages", because this file must be plain ASCII.
setlocal
chcp 65001 >nul
set "PYTHONUTF8=1"
set "RESULT=1"
set "MESSAGES=%~dp0messages"
set "TARGET=%LOCALAPPDATA%\consolidate"
set "NEW_ENOUGH=import sys; sys.exit(sys.version_info < (3, 11))"
for %%I in ("%~dp0..") do set "ROOT=%%~fI"

set "PYTHON="
for %%P in ("py -3.13" "py -3.12" "py -3.11" "py -3" "python") do (
  if not defined PYTHON %%~P -c "%NEW_ENOUGH%" >nul 2>&1 && set "PYTHON=%%~P"
)
if not defined PYTHON (
  type "%MESSAGES%\no_python.txt"
  goto end
)

type "%MESSAGES%\installing.txt"
%PYTHON% -m venv "%TARGET%" || goto failed
set "INSTALL=-m pip install --quiet --disable-pip-version-check"
"%TARGET%\Scripts\python.exe" %INSTALL% --require-hashes -r "%ROOT%\requirements\build.lock" || goto failed
"%TARGET%\Scripts\python.exe" %INSTALL% --require-hashes -r "%ROOT%\requirements\run.lock" || goto failed
"%TARGET%\Scripts\python.exe" %INSTALL% --no-deps --no-build-isolation --force-reinstall "%ROOT%" || goto failed
"%TARGET%\Scripts\consolidate.exe" --help >nul || goto failed
set "RESULT=0"
type "%MESSAGES%\installed.txt"
goto end

:failed
type "%MESSAGES%\install_failed.txt"

:end
pause
exit /b %RESULT%
