#!/bin/sh
# Start `certstore` with secrets from files: where CERTSTORE_X_FILE names a file, its content
# becomes CERTSTORE_X. CERTSTORE_KEY_PASSPHRASE_FILE is left alone: the service reads it itself.
set -eu

for name in DATABASE_URL S3_ACCESS_KEY S3_SECRET_KEY NATS_URL OIDC_CLIENT_SECRET; do
  eval "file=\${CERTSTORE_${name}_FILE:-}"
  [ -n "$file" ] || continue
  if [ ! -r "$file" ]; then
    echo "start-certstore: CERTSTORE_${name}_FILE names $file, which cannot be read" >&2
    exit 2
  fi
  value=$(cat "$file")
  if [ -z "$value" ]; then
    echo "start-certstore: $file is empty" >&2
    exit 2
  fi
  export "CERTSTORE_$name=$value"
  unset "CERTSTORE_${name}_FILE"
done

exec certstore "$@"
