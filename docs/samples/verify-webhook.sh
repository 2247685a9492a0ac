#!/usr/bin/env bash
# Verifies a message of Stoa (Standard Webhooks 1.0.0) with openssl. Usage: verify-webhook.sh <secret> < message
# A message is its three headers, an empty line and the body as it came: not parsed, not printed anew.
set -euo pipefail
secret=$1
tolerance=300

declare -A header
while IFS= read -r line && [ -n "$line" ]; do
  header[${line%%: *}]=${line#*: }
done
body=$(cat; printf x)
body=${body%x}

forged() { echo forged; exit 1; }
age=$(($(date +%s) - header[webhook-timestamp]))
[ "${age#-}" -le "$tolerance" ] || forged

if [[ $secret == whsec_* ]]; then
  key=$(printf %s "${secret#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
else
  key=$(printf %s "$secret" | od -An -v -tx1 | tr -d ' \n')
fi
wanted=$(printf %s "${header[webhook-id]}.${header[webhook-timestamp]}.$body" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)

# After a reset of the key there are two signatures: one that fits is enough.
for given in ${header[webhook-signature]}; do
  [ "$given" = "v1,$wanted" ] && { echo genuine; exit 0; }
done
forged
