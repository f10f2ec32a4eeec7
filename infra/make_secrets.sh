#!/bin/sh
# Make the secrets compose.yaml mounts, once, in ./secrets; what is there is never written over.
# Alphanumeric, so that they may stand in URLs. Keep a copy where backup.md says.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets

secret() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 40; }
keep() { if [ -e "secrets/$1" ]; then echo "kept  secrets/$1"; else printf '%s' "$2" >"secrets/$1"; echo "made  secrets/$1"; fi; }

keep postgres_password "$(secret)"
keep database_url "postgresql+psycopg://certstore:$(cat secrets/postgres_password)@postgres:5432/certstore"
keep minio_root_password "$(secret)"
keep s3_access_key "certstore"
keep s3_secret_key "$(secret)"
keep nats_password "$(secret)"
keep nats_url "nats://certstore:$(cat secrets/nats_password)@nats:4222"
# The server reads its user from a file it includes: its configuration cannot read a bare secret.
keep nats_user.conf "users = [{ user: certstore, password: \"$(cat secrets/nats_password)\" }]"
keep key_passphrase "$(secret)"

# A secret is mounted as it lies here, and the containers run as users of their own.
chmod 0755 secrets
chmod 0444 secrets/*
echo "Put the TLS certificate chain into secrets/tls_certificate.pem and its key into secrets/tls_key.pem."
echo "The folder is readable by everybody on this machine: keep other people off it, or use your engine's secret store."
