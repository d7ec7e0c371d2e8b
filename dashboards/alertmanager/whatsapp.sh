#!/bin/sh
# What stands between Alertmanager's webhook and a WhatsApp gateway: takes the JSON of one notification in $ALERTS, makes a short
# text of it, and posts it as the form field `message`. Address, token and recipient of the gateway stand in a file
# for curl, which is the argument, or $SIAGA_WHATSAPP, or /etc/siaga/whatsapp.conf. It keeps no queue: when the gateway refuses, it fails,
# Debian's `webhook` answers 500, and Alertmanager tries again.
set -eu

text=$(printf '%s' "$ALERTS" | jq -r '
  def since: .annotations.since // .startsAt;
  [.alerts[] | select(.status == "firing")] as $firing
  | [.alerts[] | select(.status == "resolved")] as $over
  | (if ($firing | length) > 0 then "*GANGGUAN: \($firing | length)*" else "*PULIH*" end) + " \(.groupLabels.office // "")",
    (.commonAnnotations.place // empty),
    ($firing[:3][] | "\n*\(.annotations.summary_id)*\nSejak \(since)\n\(.annotations.description_id)\n\(.annotations.runbook_url)?lang=id"),
    ($firing[3:10][] | "\n- \(.annotations.summary_id)"),
    (if ($firing | length) > 10 then "\n... dan lainnya, lihat dasbor" else empty end),
    ($over[:5][] | "\nPulih: \(.annotations.summary_id)")')

exec curl --silent --show-error --fail --max-time 20 \
  --config "${1:-${SIAGA_WHATSAPP:-/etc/siaga/whatsapp.conf}}" --data-urlencode "message=$text"
