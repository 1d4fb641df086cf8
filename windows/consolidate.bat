@echo off
rem Drop the folder of returned workbooks on the icon of this file; the summary is written beside that folder.
rem Written for Windows 10 and 11. It has not been run on Windows yet.
rem Explorer puts no quotation marks round a path without spaces, so there a "&" in a name cuts the path short.
setlocal
chcp 65001 >nul
set "PYTHONUTF8=1"
set "RESULT=2"
set "MESSAGES=%~dp0messages"
set "PROGRAM=%LOCALAPPDATA%\consolidate\Scripts\consolidate.exe"
set "SUMMARY=%~dp1%~nx1 - tong hop.xlsx"

if not exist "%PROGRAM%" (
  type "%MESSAGES%\not_installed.txt"
  goto end
)
if "%~1"=="" goto no_folder
if not exist "%~f1\" goto no_folder

"%PROGRAM%" "%~f1" "%SUMMARY%"
set "RESULT=%ERRORLEVEL%"
rem 0 and 1 mean that a summary was written; with 1 something in it needs a person.
if "%RESULT%"=="0" start "" "%SUMMARY%"
if "%RESULT%"=="1" start "" "%SUMMARY%"
goto end

:no_folder
type "%MESSAGES%\no_folder.txt"

:end
pause
exit /b %RESULT%
