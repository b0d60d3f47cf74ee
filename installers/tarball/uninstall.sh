#!/bin/sh
# Takes away what install.sh has put here; `fleet-agent uninstall` runs it. --purge: the state and the settings too.
set -eu

manifest=/usr/lib/fleet-agent/manifest
say() { echo "fleet: $*"; }

purge=no
case "${1:-}" in
"") ;;
--purge) purge=yes ;;
*) echo "fleet-agent: uninstall takes --purge or nothing" >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "fleet-agent: it takes root to remove a service: put sudo before it" >&2; exit 1; }
[ -e $manifest ] || { echo "fleet-agent: nothing of install.sh is here ($manifest is missing)" >&2; exit 1; }

systemctl disable --now fleet-agent.service 2> /dev/null || true
say "stopped and disabled fleet-agent.service"
# Tells the controller; when it cannot be reached, it says what an operator has to do.
/usr/bin/fleet-agent leave || true
sed -n 's/^file //p' $manifest | while read -r file; do
    rm -f "$file" && say "removed $file"
done
# Versions that this host was upgraded to are programs, and not its state.
rm -rf /var/lib/fleet-agent/versions
if [ $purge = yes ]; then
    rm -rf /var/lib/fleet-agent && say "removed /var/lib/fleet-agent"
    rm -f /etc/fleet/agent.json && say "removed /etc/fleet/agent.json"
    rmdir /etc/fleet 2> /dev/null || true
fi
rm -rf /usr/lib/fleet-agent
systemctl daemon-reload
systemctl reset-failed fleet-agent.service 2> /dev/null || true
say "fleet-agent is removed$([ $purge = yes ] || [ ! -d /var/lib/fleet-agent ] || echo "; its state in /var/lib/fleet-agent and its settings in /etc/fleet stay (--purge takes them too)")"
