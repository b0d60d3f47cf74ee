#Requires -RunAsAdministrator
#Requires -Version 5.1
<#
.SYNOPSIS
Installs fleet-controller.exe on Windows so that it starts with the machine, or removes it.

.DESCRIPTION
From the directory that `installers/publish windows` makes (artifacts/publish/windows). Read this first:

- There is no agent for Windows. The agent starts, watches and ends processes with Linux calls; this script installs none.
- Fleet's programs do not speak the protocol of the Windows service manager, which would end them after 30 s. So the controller
  becomes a task that the task scheduler starts at boot as LocalService and starts again when it fails.
- This script and the Windows build are not run by Fleet's tests, which have Linux machines only.

Doing it twice is harmless: files are replaced, data and settings stay.

.EXAMPLE
.\install.ps1 -Advertise fleet.example.org:7443

.EXAMPLE
.\install.ps1 -Uninstall -Purge
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # host:port that agents and operators are told to use; needed for the first installation.
    [ValidatePattern('^[A-Za-z0-9.:\[\]-]+$')] [string] $Advertise,
    [ValidateRange(1, 65535)] [int] $Port = 7443,
    [switch] $Uninstall,
    # With -Uninstall: removes the trust roots and all results too.
    [switch] $Purge
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

$task = 'fleet-controller'
$program = Join-Path $env:ProgramFiles 'Fleet'
$data = Join-Path $env:ProgramData 'Fleet\controller'
$rule = 'Fleet controller'

function Say([string] $text) { Write-Output "fleet: $text" }

function Stop-Controller {
    if (Get-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue) {
        Stop-ScheduledTask -TaskName $task
        Say "stopped the task $task"
    }
}

if ($Uninstall) {
    Stop-Controller
    if (Get-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue) {
        Unregister-ScheduledTask -TaskName $task -Confirm:$false
        Say "removed the task $task"
    }
    Remove-NetFirewallRule -DisplayName $rule -ErrorAction SilentlyContinue
    if (Test-Path $program) { Remove-Item -Recurse -Force $program; Say "removed $program" }
    if ($Purge -and (Test-Path $data)) { Remove-Item -Recurse -Force $data; Say "removed $data" }
    elseif (Test-Path $data) { Say "$data stays (-Purge takes it too)" }
    return
}

# 1. Is it all here? Nothing is changed before that is known.
foreach ($file in 'fleet-controller.exe', 'fleet.exe') {
    if (-not (Test-Path (Join-Path $PSScriptRoot $file))) {
        throw "$file is not beside this script: take the whole directory artifacts\publish\windows"
    }
}
if (-not [Environment]::Is64BitOperatingSystem) { throw 'this machine is not x64' }
$isNew = -not (Test-Path (Join-Path $data 'trust'))
if ($isNew -and -not $Advertise) { throw 'give -Advertise HOST:PORT: the address that agents and operators are told to use' }

# 2. Files.
Stop-Controller
New-Item -ItemType Directory -Force $program, $data | Out-Null
Copy-Item -Force (Join-Path $PSScriptRoot '*') $program -Exclude 'install.ps1'
Say "wrote $program"

# Private keys and results of jobs lie in the data: for the system, administrators and the controller alone.
icacls $data /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-19:(OI)(CI)M' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "the rights of $data cannot be set" }

# 3. The fleet, on the first installation: prints the first admin's login line.
$exe = Join-Path $program 'fleet-controller.exe'
if ($isNew) {
    & $exe init --data $data --advertise $Advertise
    if ($LASTEXITCODE -ne 0) { throw 'fleet-controller init failed: see above' }
}

# 4. Start at boot, again after a failure, and now.
$arguments = "run --data `"$data`" --listen 0.0.0.0:$Port"
if ($Advertise) { $arguments += " --advertise $Advertise" }
$action = New-ScheduledTaskAction -Execute $exe -Argument $arguments -WorkingDirectory $program
$trigger = New-ScheduledTaskTrigger -AtStartup
$principal = New-ScheduledTaskPrincipal -UserId 'NT AUTHORITY\LocalService' -LogonType ServiceAccount
$settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) -ExecutionTimeLimit 0 `
    -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
Register-ScheduledTask -Force -TaskName $task -Action $action -Trigger $trigger -Principal $principal -Settings $settings | Out-Null
if (-not (Get-NetFirewallRule -DisplayName $rule -ErrorAction SilentlyContinue)) {
    New-NetFirewallRule -DisplayName $rule -Direction Inbound -Protocol TCP -LocalPort $Port -Action Allow | Out-Null
    Say "opened TCP port $Port"
}
Start-ScheduledTask -TaskName $task
Say "started the task $task"
