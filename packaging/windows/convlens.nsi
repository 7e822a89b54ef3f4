; Installer for Windows: for one user, without an administrator. Compiled by setup.py, or by hand:
;   makensis -DVERSION=0.1.0 -DBUNDLE=..\..\dist\convlens -DOUT=..\..\dist\convlens-0.1.0-windows-x64.exe -DICON=convlens.ico convlens.nsi
; Silent:  convlens-...-windows-x64.exe /S [/D=C:\folder]      (/D comes last, and without quotation marks)
; Removal: "%LOCALAPPDATA%\Programs\ConvLens\uninstall.exe" /S

Unicode true
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 32
Name "ConvLens"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\ConvLens"
InstallDirRegKey HKCU "Software\ConvLens" "Folder"
BrandingText "ConvLens ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "ConvLens"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installer of ConvLens"
VIAddVersionKey "LegalCopyright" "MIT licence"

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include x64.nsh
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\ConvLens"
!define SESSION "ConvLens.Session"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\convlens.exe"
!define MUI_FINISHPAGE_SHOWREADME "$INSTDIR\licences\README.txt"
!define MUI_FINISHPAGE_SHOWREADME_TEXT "Show what ConvLens is made of, and its licences"
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString RUNNING ${LANG_ENGLISH} "ConvLens runs just now. Close it and try again."
LangString RUNNING ${LANG_GERMAN} "ConvLens läuft gerade. Bitte schließen und noch einmal versuchen."
LangString FOREIGN ${LANG_ENGLISH} "This folder holds something else. Choose another one."
LangString FOREIGN ${LANG_GERMAN} "In diesem Ordner liegt etwas anderes. Bitte einen anderen wählen."
LangString BITS ${LANG_ENGLISH} "ConvLens needs a 64-bit Windows."
LangString BITS ${LANG_GERMAN} "ConvLens braucht ein 64-Bit-Windows."

; An exe that runs cannot be opened for writing.
!macro RefuseWhileRunning
  ${If} ${FileExists} "$INSTDIR\convlens.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\convlens.exe" a
    ${If} ${Errors}
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDOK
      SetErrorLevel 1
      Abort
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

!macro RemoveProgram
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\convlens.exe"
  Delete "$INSTDIR\contents.sha256"
  Delete "$INSTDIR\uninstall.exe"
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(BITS)" /SD IDOK
    SetErrorLevel 1
    Abort
  ${EndIf}
FunctionEnd

Section "ConvLens"
  ; Only a folder that is empty or holds a ConvLens is taken: what an older version left there is removed first.
  ${IfNot} ${FileExists} "$INSTDIR\convlens.exe"
    ${DirState} "$INSTDIR" $0
    ${If} $0 == 1
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(FOREIGN)" /SD IDOK
      SetErrorLevel 1
      Abort
    ${EndIf}
  ${EndIf}
  !insertmacro RefuseWhileRunning
  !insertmacro RemoveProgram

  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\ConvLens.lnk" "$INSTDIR\convlens.exe" "" "$INSTDIR\convlens.exe" 0 SW_SHOWNORMAL "" "Look inside an image classifier"

  WriteRegStr HKCU "Software\ConvLens" "Folder" "$INSTDIR"
  WriteRegStr HKCU "Software\Classes\.convlens" "" "${SESSION}"
  WriteRegStr HKCU "Software\Classes\.convlens\OpenWithProgids" "${SESSION}" ""
  WriteRegStr HKCU "Software\Classes\${SESSION}" "" "ConvLens session"
  WriteRegStr HKCU "Software\Classes\${SESSION}\DefaultIcon" "" "$INSTDIR\convlens.exe,0"
  WriteRegStr HKCU "Software\Classes\${SESSION}\shell\open\command" "" '"$INSTDIR\convlens.exe" "%1"'

  WriteRegStr HKCU "${KEY}" "DisplayName" "ConvLens"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\convlens.exe,0"
  WriteRegStr HKCU "${KEY}" "Publisher" "ConvLens contributors"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" $0
  ${RefreshShellIcons}
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileRunning
  !insertmacro RemoveProgram
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\ConvLens.lnk"
  DeleteRegKey HKCU "${KEY}"
  DeleteRegKey HKCU "Software\ConvLens"
  DeleteRegKey HKCU "Software\Classes\${SESSION}"
  DeleteRegValue HKCU "Software\Classes\.convlens\OpenWithProgids" "${SESSION}"
  ReadRegStr $0 HKCU "Software\Classes\.convlens" ""
  ${If} $0 == "${SESSION}"
    DeleteRegKey HKCU "Software\Classes\.convlens"
  ${EndIf}
  ${RefreshShellIcons}
SectionEnd
