@echo off
rem Double-click: writes the blank form, and a copy for each unit that bears its name, into a folder beside this file.
rem Written for Windows 10 and 11. It has not been run on Windows yet.
rem A folder that is there already stays as it is: somebody may have typed figures into a form in it.
setlocal
chcp 65001 >nul
set "PYTHONUTF8=1"
set "RESULT=2"
set "MESSAGES=%~dp0messages"
set "PROGRAM=%LOCALAPPDATA%\consolidate\Scripts\consolidate.exe"
set "FORMS=%~dp0bieu gui don vi"

if not exist "%PROGRAM%" (
  type "%MESSAGES%\not_installed.txt"
  goto end
)
if exist "%FORMS%\" (
  type "%MESSAGES%\forms_there.txt"
  set "RESULT=0"
  goto open
)

"%PROGRAM%" template "%FORMS%"
set "RESULT=%ERRORLEVEL%"
if not "%RESULT%"=="0" goto end
type "%MESSAGES%\forms_written.txt"

:open
start "" "%FORMS%"

:end
pause
exit /b %RESULT%
