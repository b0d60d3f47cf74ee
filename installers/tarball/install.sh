#!/bin/sh
# Installs fleet-agent on a Linux host with systemd and enrolls it. Doing it twice is harmless.
#
# Two ways to run it:
#   the line of `fleet token create --install`: the controller serves this script with the lines FLEET_* put before it, over a
#   connection that curl pins to the controller's key; the agent comes from there too, and its SHA-256 is one of those lines;
#   sh install.sh, in an unpacked fleet-agent tarball: the agent beside the script is installed.
# Options: --token TOKEN [--controller HOST:PORT] [--proxy http://[USER:PASSWORD@]HOST:PORT or socks5://...] and the other options of
# `fleet-agent enroll`; without a token nothing is enrolled. FLEET_PROXY says the same as --proxy, and is in no list of processes.
set -eu

# The shell reads it to the closing brace before it runs any of it: of a script that was cut on its way, nothing runs.
{
service=fleet-agent.service
binary=/usr/bin/fleet-agent
state=/var/lib/fleet-agent
config=/etc/fleet/agent.json
manifest=/usr/lib/fleet-agent/manifest
work=

say() { echo "fleet: $*"; }
refuse() { echo "fleet: not installed, nothing was changed: $*" >&2; exit 1; }
fail() { echo "fleet: $*" >&2; exit 1; }
has() { command -v "$1" > /dev/null 2>&1; }

# 1. Is this a host that can have an agent? Nothing is changed up to the end of step 3.
check_host() {
    [ "$(uname -s)" = Linux ] || refuse "this is $(uname -s); the agent is for Linux"
    machine=$(uname -m)
    case $machine in
    x86_64) ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) refuse "this is a $machine machine; there are agents for x86_64 and aarch64 only" ;;
    esac
    [ "$(id -u)" = 0 ] || refuse "it takes root to install a service: run it as root, or put sudo before sh"
    [ -d /run/systemd/system ] || refuse "systemd does not run here; the agent is run by it"
    libc=$(getconf GNU_LIBC_VERSION 2> /dev/null) || refuse "this host has no glibc; the agent needs glibc 2.34 or newer"
    at_least "${libc#glibc }" 2 34 || refuse "this host has $libc; the agent needs glibc 2.34 or newer (Debian 12, Ubuntu 22.04, RHEL 9)"
    has_openssl || refuse "OpenSSL's libssl.so.3 is missing: install the package libssl3 or openssl-libs"
    for tool in tar gzip sha256sum mktemp; do
        has $tool || refuse "$tool is missing"
    done
    packaged=
    if has dpkg-query; then
        if [ "$(dpkg-query -W -f '${db:Status-Status}' fleet-agent 2> /dev/null)" = installed ]; then packaged=dpkg; fi
    elif has rpm && rpm -q fleet-agent > /dev/null 2>&1; then
        packaged=rpm
    fi
}

# Of the agents that the controller has, one for each architecture, the one for this host. An earlier controller has one, for x86_64.
choose_artifact() {
    if [ -n "${FLEET_ARTIFACTS:-}" ]; then
        chosen=$(echo "$FLEET_ARTIFACTS" | sed -n "s/^$machine //p")
        FLEET_ARTIFACT=${chosen%% *}
        FLEET_ARTIFACT_SHA256=${chosen##* }
        FLEET_ARTIFACT_VERSION=${chosen#* }
        FLEET_ARTIFACT_VERSION=${FLEET_ARTIFACT_VERSION% *}
        [ -n "$chosen" ] || refuse "this is a $machine machine, and $FLEET_CONTROLLER has an agent for $(echo "$FLEET_ARTIFACTS" | cut -d ' ' -f 1) only"
    elif [ -n "${FLEET_ARTIFACT_SHA256:-}" ]; then
        [ "$machine" = x86_64 ] || refuse "this is a $machine machine, and $FLEET_CONTROLLER has an agent for x86_64 only"
    fi
}

# at_least VERSION MAJOR MINOR
at_least() {
    major=${1%%.*}
    minor=${1#*.}
    minor=${minor%%[!0-9]*}
    [ "$major" -gt "$2" ] || { [ "$major" -eq "$2" ] && [ "$minor" -ge "$3" ]; }
}

has_openssl() {
    for directory in /lib /usr/lib /lib64 /usr/lib64 "/lib/$machine-linux-gnu" "/usr/lib/$machine-linux-gnu"; do
        [ -e "$directory/libssl.so.3" ] && return
    done
    return 1
}

# Sets exempt: what curl is to reach without a proxy.
check_proxy() {
    exempt='*'
    [ -n "$proxy" ] || return 0
    exempt=
    case $proxy in
    *[[:space:]\"\\]*) refuse "the proxy's address holds a space, a quote or a backslash: write it as %20, %22 or %5C" ;;
    http://*:* | socks5h://*:*) ;;
    # curl resolves names itself with socks5; the agent has them resolved by the proxy.
    socks5://*:*) proxy=socks5h://${proxy#socks5://} ;;
    *) refuse "the proxy is not http://[USER:PASSWORD@]HOST:PORT or socks5://[USER:PASSWORD@]HOST:PORT" ;;
    esac
}

# 2. The agent's files, in $work. Sets digest: what tells whether they are here already.
fetch() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    if [ -n "${FLEET_ARTIFACT_SHA256:-}" ]; then
        digest=$FLEET_ARTIFACT_SHA256
        if is_current; then return; fi
        has curl || refuse "curl is missing"
        say "fetching fleet-agent $FLEET_ARTIFACT_VERSION from $FLEET_CONTROLLER${proxy:+ through the proxy ${proxy##*@}}"
        # -k: the certificate is of the fleet's own root; what counts is the key. --retry waits where the controller is busy.
        # No proxy but the one that was named, whatever the environment says; on standard input, where its password is not seen.
        printf '%s\n' "${proxy:+proxy = $proxy}" | curl -K - -fsSk --noproxy "$exempt" --pinnedpubkey "$FLEET_PIN" --proto =https --retry 10 --retry-max-time 120 --max-time 600 \
            -o "$work/agent.tar.gz" "https://$FLEET_CONTROLLER/artifacts/$FLEET_ARTIFACT" \
            || refuse "fetching $FLEET_ARTIFACT from $FLEET_CONTROLLER failed (curl's exit code $?; 5, 7, 56 and 97 may be the proxy's, 90 means another key: somebody is in between)"
        echo "$digest  $work/agent.tar.gz" | sha256sum -c --status || refuse "what came from $FLEET_CONTROLLER is not what it announced (SHA-256 differs)"
        tar -xzf "$work/agent.tar.gz" -C "$work" --strip-components=1 --no-same-owner
    else
        here=$(cd "$(dirname "$0")" && pwd)
        [ -x "$here/fleet-agent" ] || refuse "there is no fleet-agent beside $0: unpack the whole tarball"
        cp "$here/fleet-agent" "$here/fleet-agent.service" "$here/agent.json" "$here/uninstall.sh" "$work/"
        digest=$(cd "$work" && cat fleet-agent fleet-agent.service uninstall.sh | sha256sum | cut -d ' ' -f 1)
    fi
}

is_current() { [ -x $binary ] && [ -e $manifest ] && [ "$(sed -n 's/^digest //p' $manifest)" = "$digest" ]; }

# 3. Does it run here? Said before anything is changed.
try() { version=$("$work/fleet-agent" version 2>&1) || refuse "the agent does not run on this host: $version"; }

# 4. Files, each put in its place whole.
place() { cp "$1" "$2.new" && chmod "$3" "$2.new" && chown root:root "$2.new" && mv -f "$2.new" "$2" && say "wrote $2"; }

put() {
    units=/usr/lib/systemd/system
    [ -d $units ] || units=/lib/systemd/system
    mkdir -p /etc/fleet /usr/lib/fleet-agent
    place "$work/fleet-agent" $binary 0755
    place "$work/fleet-agent.service" $units/$service 0644
    place "$work/uninstall.sh" /usr/lib/fleet-agent/uninstall.sh 0755
    if [ -e $config ]; then say "kept $config"; else place "$work/agent.json" $config 0644; fi
    # Last: a manifest with the digest means that all of it is in place.
    printf 'digest %s\nfile %s\nfile %s\n' "$digest" "$binary" "$units/$service" > "$work/manifest"
    place "$work/manifest" $manifest 0644
    if has restorecon; then restorecon $binary $units/$service > /dev/null 2>&1 || true; fi
    systemctl daemon-reload
    is_new=yes
}

# 5. The identity. What is enrolled already stays so: `enroll` itself sees to that.
enroll() {
    if [ -z "$token" ]; then
        [ -e $state/identity.pem ] || say "not enrolled: use fleet-agent enroll --controller HOST --token TOKEN, then systemctl enable --now $service"
        return 0
    fi
    # In the environment, where other users do not see it. Without one here the agent's settings name the proxy, if there is to be one.
    [ -z "$proxy" ] || export FLEET_AGENT_PROXY="$proxy"
    FLEET_AGENT_TOKEN=$token $binary enroll "$@" || fail "installed, but not enrolled: see above, and run the line again"
}

# 6. The service.
start() {
    [ -e $state/identity.pem ] || return 0
    if ! systemctl is-enabled --quiet $service; then systemctl enable --quiet $service && say "enabled $service"; fi
    if ! systemctl is-active --quiet $service; then
        systemctl start $service || fail "$service does not start: see journalctl -u $service"
        say "started $service"
    elif [ $is_new = yes ]; then
        systemctl restart $service || fail "$service does not start again: see journalctl -u $service"
        say "restarted $service with what is new"
    else
        say "$service runs; it was left alone"
    fi
}

main() {
    token=
    proxy=${FLEET_PROXY:-}
    is_new=no
    has_controller=no
    count=$#
    # Takes token and proxy out of the options, which are passed on to enroll.
    while [ "$count" -gt 0 ]; do
        case "$1" in
        --token) [ "$count" -gt 1 ] || refuse "--token is followed by nothing"; token=$2; shift; count=$((count - 1)) ;;
        --token=*) token=${1#--token=} ;;
        --proxy) [ "$count" -gt 1 ] || refuse "--proxy is followed by nothing"; proxy=$2; shift; count=$((count - 1)) ;;
        --proxy=*) proxy=${1#--proxy=} ;;
        --controller | --controller=*) has_controller=yes; set -- "$@" "$1" ;;
        *) set -- "$@" "$1" ;;
        esac
        shift
        count=$((count - 1))
    done
    [ $has_controller = yes ] || [ -z "${FLEET_CONTROLLER:-}" ] || set -- --controller "$FLEET_CONTROLLER" "$@"

    check_proxy
    check_host
    if [ -n "$packaged" ]; then
        say "the package fleet-agent is installed ($packaged): its files are left alone"
    else
        choose_artifact
        fetch
        if is_current; then
            say "$($binary version) is installed already, exactly as the controller has it"
        else
            try
            put
            say "installed $version"
        fi
    fi
    enroll "$@"
    start
}

main "$@"
}
