/** The file that `config init` writes: every setting, as a comment. */
export const SAMPLE_CONFIG = `# Configuration of nexushub-dump. Names are those of the options; an option on the command line has precedence.
# Check it with: nexushub-dump config check

# Folder of the backups.
# folder = "/var/backups/nexushub"
# env-file = "/etc/nexushub/env"
# compose-file = "/opt/nexushub/docker/docker-compose.prod.yml"

[encryption]
# encrypt-to = ["age1..."]
# recipients-file = ["/etc/nexushub/recipients.txt"]
# passphrase-file = "/etc/nexushub/passphrase"
# sign-key = "/etc/nexushub/backup-signing-key"
# identity = ["/etc/nexushub/backup-identity.txt"]
# verify-key = ["/etc/nexushub/backup-signing-key.pub"]

[retention]
# keep = 14
# keep-days = 14
# keep-hourly = 48
# keep-daily = 14
# keep-weekly = 8
# keep-monthly = 12
# keep-yearly = 3
# keep-within = "36h"
# keep-drilled = 1

[backup]
# compression = "gzip:4"
# jobs = 2
# roles = true
# prove = true
# reuse = true
# differential = false
# full-every = "1d"
# wait = "10m"
# copy-to = "s3://backups/nexushub"
# copy-keep = "daily=30,monthly=12"
# ping-url = "https://hc-ping.com/your-backup-check"
# webhook = "https://chat.example/hook"
# on-success = "true"
# on-failure = "logger -p user.err \\"$NEXUSHUB_DUMP_MESSAGE\\""
# metrics-file = "/var/lib/prometheus/node-exporter/nexushub.prom"

[drill]
# into = "postgresql://postgres@localhost"
# as-plain-role = false
# peer = "6f0e0000-0000-4000-8000-000000000000"
# max-age = "7d"
# html = "/var/backups/nexushub-drill.html"
# junit = "/var/backups/nexushub-drill.xml"
# ping-url = "https://hc-ping.com/your-drill-check"
# webhook = "https://chat.example/hook"
# on-success = "true"
# on-failure = "true"
# metrics-file = "/var/lib/prometheus/node-exporter/nexushub.prom"

[prune]
# ping-url = "https://hc-ping.com/your-prune-check"
# webhook = "https://chat.example/hook"
# on-success = "true"
# on-failure = "true"
# metrics-file = "/var/lib/prometheus/node-exporter/nexushub.prom"

[verify]
# newest = 1
# least-recently-checked = 5
# ping-url = "https://hc-ping.com/your-verify-check"
# webhook = "https://chat.example/hook"
# on-success = "true"
# on-failure = "true"
# metrics-file = "/var/lib/prometheus/node-exporter/nexushub.prom"

[doctor]
# max-drill-age = "100d"
# wait = "1m"
`;
