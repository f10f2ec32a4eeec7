#!/bin/sh
# Make the bucket with object lock and a user that may use this bucket and nothing else.
# Runs once at start, in the mc image; safe to repeat.
set -eu
mc alias set --quiet store http://minio:9000 certstore-root "$(cat /run/secrets/minio_root_password)"
mc mb --ignore-existing --with-lock store/certificates
mc version enable store/certificates
cat >/tmp/policy.json <<'POLICY'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketLocation",
        "s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"
      ],
      "Resource": ["arn:aws:s3:::certificates", "arn:aws:s3:::certificates/*"]
    }
  ]
}
POLICY
mc admin policy create store certstore-objects /tmp/policy.json
mc admin user add store "$(cat /run/secrets/s3_access_key)" "$(cat /run/secrets/s3_secret_key)"
mc admin policy attach store certstore-objects --user "$(cat /run/secrets/s3_access_key)" || true
case "$(mc retention info --default store/certificates)" in
*COMPLIANCE*) ;; # set already: a change of the term is the operator's to make by hand
*) mc retention set --default COMPLIANCE "${RETENTION:-30d}" store/certificates ;;
esac
