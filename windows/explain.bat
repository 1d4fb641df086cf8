@echo off
rem Double-click: asks for the code of a finding, such as V004, and says what it means and how to mend it.
rem Written for Windows 10 and 11. It has not been run on Windows yet.
rem What is typed is expanded late, so that no sign in it is taken for a command.
setlocal EnableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "RESULT=2"
set "MESSAGES=%~dp0messages"
set "PROGRAM=%LOCALAPPDATA%\consolidate\Scripts\consolidate.exe"

if not exist "%PROGRAM%" (
  type "%MESSAGES%\not_installed.txt"
  pause
  goto end
)
set "RESULT=0"

:ask
echo.
type "%MESSAGES%\which_code.txt"
set "CODE="
set /p "CODE=> "
if not defined CODE goto end
echo.
"%PROGRAM%" explain -- "!CODE!"
goto ask

:end
exit /b %RESULT%
