# Installs erp-interventions as a Windows service, upgrades it, or takes it away; run again, it changes nothing more.
# In a PowerShell opened as administrator:
#
#   .\install.ps1 [-Executable FILE]   install or upgrade; erp-interventions.exe beside this script unless told otherwise
#   .\install.ps1 -Uninstall           remove all but the data
#   -Nom NAME[, NAME]                  how people reach this machine (gmao.usine.local, 192.168.1.20), for its
#                                      certificate; its own name and address unless told otherwise
#   -Local                             for this machine or a proxy on it only: 127.0.0.1:8000, without HTTPS of its own
#
# The first installation listens to the plant's network with HTTPS (port 8443) and a certificate of its own, and asks for
# the first administrator. An upgrade backs the data up first, and keeps the former executable beside the new one: to go
# back, see upgrade.md.
#
# If Windows refuses to run scripts: powershell -ExecutionPolicy Bypass -File install.ps1
param(
    [string] $Executable = (Join-Path $PSScriptRoot 'erp-interventions.exe'),
    [string[]] $Nom = @(),
    [switch] $Local,
    [switch] $Uninstall
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
# The executable speaks UTF-8.
[Console]::OutputEncoding = [Text.Encoding]::UTF8

$name = 'erp-interventions'
$folder = Join-Path $env:ProgramFiles $name
$installed = Join-Path $folder "$name.exe"
$data = Join-Path $env:ProgramData $name
$rule = 'ERP Interventions (HTTPS)'

# Windows PowerShell does not stop when an executable fails.
function Invoke-Checked([string] $File, [string[]] $Arguments) {
    & $File @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$File $($Arguments -join ' ') : $LASTEXITCODE" }
}

$me = [Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'A lancer en administrateur. / Run as administrator.'
}
$service = Get-Service -Name $name -ErrorAction SilentlyContinue

if ($Uninstall) {
    if ($service) {
        Stop-Service -Name $name
        Invoke-Checked $installed @('service', 'uninstall')
    }
    Get-NetFirewallRule -DisplayName $rule -ErrorAction SilentlyContinue | Remove-NetFirewallRule
    if (Test-Path $folder) { Remove-Item -Recurse -Force $folder }
    Write-Output "$name est retire ; les donnees restent dans $data. / $name is removed; the data stays in $data."
    exit 0
}

if (-not (Test-Path $Executable)) {
    throw "Posez erp-interventions.exe a cote de ce script. / Put erp-interventions.exe beside this script."
}
$version = Invoke-Checked $Executable @('--version')

New-Item -ItemType Directory -Force $folder | Out-Null
$known = Test-Path $installed
if ($known) { $known = (Get-FileHash $installed).Hash -eq (Get-FileHash $Executable).Hash }
if (-not $known) {
    if (Test-Path $installed) {
        # Of the version that runs, by the version that runs; if that fails nothing is changed.
        if (Test-Path (Join-Path $data 'erp.sqlite3')) {
            Invoke-Checked $installed @('backup', '--data-dir', $data)
        }
        if ($service) { Stop-Service -Name $name }
        Copy-Item -Force $installed "$installed.precedent"
    }
    # Replaced in one step: half an executable must never start.
    Copy-Item -Force $Executable "$installed.nouveau"
    Move-Item -Force "$installed.nouveau" $installed
}
Invoke-Checked $installed @('service', 'install', '--data-dir', $data)

$settings = Join-Path $data 'config.toml'
if (-not (Test-Path $settings)) {
    $listen = if ($Local) { '127.0.0.1:8000' } else { '0.0.0.0:8443' }
    $lines = @(
        "# Settings of $name, one a line; ``$name config show`` lists them all. Restart the service after a change.",
        "listen = `"$listen`"",
        '# The address that people type, if it is not the first name of the certificate, or once a proxy stands in front:',
        '#public_url = "https://gmao.usine.local"'
    )
    # Without the mark at the beginning that PowerShell would write.
    [IO.File]::WriteAllLines($settings, $lines)
    if (-not $Local) {
        # Keys are made on the machine that they are for.
        $names = @($Nom | ForEach-Object { '--nom', $_ })
        Invoke-Checked $installed (@('tls', 'init', '--data-dir', $data) + $names)
        Get-NetFirewallRule -DisplayName $rule -ErrorAction SilentlyContinue | Remove-NetFirewallRule
        New-NetFirewallRule -DisplayName $rule -Direction Inbound -Action Allow -Protocol TCP -LocalPort 8443 `
            -Program $installed -Profile @('Domain', 'Private') | Out-Null
    }
}

Start-Service -Name $name
Write-Output "$version est en service. / is running."

$accounts = & $installed admin list-users --data-dir $data
if (-not $accounts) {
    Write-Output 'Premier administrateur / First administrator'
    $username = Read-Host 'Identifiant / User name'
    $full_name = Read-Host 'Nom complet / Full name'
    $email = Read-Host 'E-mail'
    Invoke-Checked $installed @('admin', 'create-user', $username, '--full-name', $full_name, '--email', $email,
        '--role', 'admin', '--data-dir', $data)
}
Invoke-Checked $installed @('config', 'show', '--data-dir', $data) | Select-String 'public_url', 'listen'
