/** The part of NexusHub's schema that rows need (schema.ts). */

/** Extension, types, functions, tables with their keys. Foreign keys of the two big tables come later. */
export const SCHEMA_TABLES = `
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;

CREATE TYPE public.user_role AS ENUM ('super_admin', 'admin', 'user');
CREATE TYPE public.wg_peer_status AS ENUM ('enabled', 'disabled', 'revoked');
CREATE TYPE public.ebpf_rule_action AS ENUM ('allow', 'deny', 'rate_limit', 'log');
CREATE TYPE public.ebpf_rule_direction AS ENUM ('ingress', 'egress', 'both');
CREATE TYPE public.ebpf_rule_protocol AS ENUM ('tcp', 'udp', 'icmp', 'any');

CREATE FUNCTION public.set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $fn$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END;
$fn$;

CREATE TABLE public.schema_migrations (
  version bigint PRIMARY KEY,
  dirty boolean NOT NULL
);

CREATE TABLE public.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email public.citext NOT NULL UNIQUE,
  username varchar(64) NOT NULL UNIQUE,
  password_hash text NOT NULL,
  role public.user_role NOT NULL DEFAULT 'user',
  is_active boolean NOT NULL DEFAULT true,
  totp_secret bytea,
  totp_enabled boolean NOT NULL DEFAULT false,
  last_login_at timestamptz,
  failed_logins integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_username_format CHECK (username ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{2,63}$')
);
COMMENT ON COLUMN public.users.totp_secret IS 'Sealed: nonce, ciphertext and tag under PEER_KEY_ENCRYPTION_KEY';

CREATE TABLE public.sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  ip_addr inet,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE TABLE public.refresh_tokens (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  session_id uuid NOT NULL REFERENCES public.sessions (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE,
  parent_id uuid REFERENCES public.refresh_tokens (id) ON DELETE SET NULL,
  issued_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT refresh_tokens_hash_length CHECK (octet_length(token_hash) = 32)
);

CREATE TABLE public.wg_interfaces (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(15) NOT NULL UNIQUE,
  listen_port integer NOT NULL,
  address cidr NOT NULL,
  dns text[],
  mtu integer,
  endpoint text,
  private_key bytea NOT NULL,
  public_key varchar(44) NOT NULL,
  post_up text,
  post_down text,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT wg_interfaces_name_format CHECK (name ~ '^[a-z][a-z0-9_-]{0,14}$'),
  CONSTRAINT wg_interfaces_port_range CHECK (listen_port BETWEEN 1 AND 65535),
  CONSTRAINT wg_interfaces_public_key_format CHECK (public_key ~ '^[A-Za-z0-9+/]{43}=$')
);
ALTER TABLE public.wg_interfaces ALTER COLUMN address TYPE inet;
COMMENT ON COLUMN public.wg_interfaces.address IS 'The server''s own address with the network''s prefix length';

CREATE TABLE public.wg_peers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  interface_id uuid NOT NULL REFERENCES public.wg_interfaces (id) ON DELETE CASCADE,
  owner_user_id uuid REFERENCES public.users (id) ON DELETE SET NULL,
  name varchar(64) NOT NULL,
  description text,
  public_key varchar(44) NOT NULL UNIQUE,
  private_key bytea,
  allowed_ips cidr[] NOT NULL DEFAULT '{}',
  assigned_ip inet NOT NULL,
  endpoint text,
  persistent_keepalive integer,
  dns text[],
  status public.wg_peer_status NOT NULL DEFAULT 'enabled',
  last_handshake timestamptz,
  rx_bytes bigint NOT NULL DEFAULT 0,
  tx_bytes bigint NOT NULL DEFAULT 0,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT wg_peers_keepalive_range CHECK (persistent_keepalive BETWEEN 0 AND 65535),
  CONSTRAINT wg_peers_public_key_format CHECK (public_key ~ '^[A-Za-z0-9+/]{43}=$'),
  CONSTRAINT wg_peers_interface_ip_key UNIQUE (interface_id, assigned_ip),
  CONSTRAINT wg_peers_interface_name_key UNIQUE (interface_id, name)
);
ALTER TABLE public.wg_peers ADD COLUMN client_allowed_ips cidr[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN public.wg_peers.private_key IS 'Sealed; null when the client keeps its key';

CREATE TABLE public.wg_peer_preshared_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  peer_id uuid NOT NULL REFERENCES public.wg_peers (id) ON DELETE CASCADE,
  preshared_key bytea NOT NULL,
  rotated_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz
);

CREATE TABLE public.ebpf_rules (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(128) NOT NULL UNIQUE,
  description text,
  action public.ebpf_rule_action NOT NULL,
  direction public.ebpf_rule_direction NOT NULL DEFAULT 'both',
  protocol public.ebpf_rule_protocol NOT NULL DEFAULT 'any',
  src_cidr cidr,
  dst_cidr cidr,
  src_port_from integer,
  src_port_to integer,
  dst_port_from integer,
  dst_port_to integer,
  rate_pps integer,
  rate_burst integer,
  priority integer NOT NULL DEFAULT 100,
  is_active boolean NOT NULL DEFAULT true,
  created_by uuid REFERENCES public.users (id) ON DELETE SET NULL,
  owner text NOT NULL DEFAULT 'admin',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ebpf_rules_src_ports CHECK (
    (src_port_from IS NULL AND src_port_to IS NULL)
    OR (src_port_from BETWEEN 0 AND 65535 AND src_port_to BETWEEN 0 AND 65535
        AND src_port_from <= src_port_to AND protocol IN ('tcp', 'udp'))
  ),
  CONSTRAINT ebpf_rules_dst_ports CHECK (
    (dst_port_from IS NULL AND dst_port_to IS NULL)
    OR (dst_port_from BETWEEN 0 AND 65535 AND dst_port_to BETWEEN 0 AND 65535
        AND dst_port_from <= dst_port_to AND protocol IN ('tcp', 'udp'))
  ),
  CONSTRAINT ebpf_rules_rate CHECK (
    (action = 'rate_limit' AND rate_pps > 0 AND (rate_burst IS NULL OR rate_burst >= rate_pps))
    OR (action <> 'rate_limit' AND rate_pps IS NULL AND rate_burst IS NULL)
  ),
  CONSTRAINT ebpf_rules_priority_range CHECK (priority BETWEEN 0 AND 1000),
  CONSTRAINT ebpf_rules_owner CHECK (owner IN ('system', 'admin'))
);

CREATE TABLE public.ebpf_rule_bindings (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  rule_id uuid NOT NULL REFERENCES public.ebpf_rules (id) ON DELETE CASCADE,
  peer_id uuid REFERENCES public.wg_peers (id) ON DELETE CASCADE,
  interface_id uuid REFERENCES public.wg_interfaces (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ebpf_rule_bindings_one_target CHECK (
    (peer_id IS NOT NULL)::integer + (interface_id IS NOT NULL)::integer = 1
  )
);

CREATE TABLE public.api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  name varchar(128) NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  token_prefix varchar(16) NOT NULL,
  scopes text[] NOT NULL DEFAULT '{}',
  last_used_at timestamptz,
  last_used_ip inet,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT api_keys_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT api_keys_user_name_key UNIQUE (user_id, name)
);

CREATE TABLE public.audit_log (
  id bigserial NOT NULL,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  actor_user_id uuid,
  actor_api_key_id uuid,
  actor_ip inet,
  actor_ua text,
  action varchar(64) NOT NULL,
  target_type varchar(64),
  target_id text,
  metadata jsonb NOT NULL DEFAULT '{}',
  result varchar(16) NOT NULL DEFAULT 'success',
  error_message text,
  CONSTRAINT audit_log_result CHECK (result IN ('success', 'failure', 'denied'))
);
COMMENT ON TABLE public.audit_log IS 'Append-only: rows are added and, when old, pruned; never changed';

CREATE TABLE public.connection_logs (
  id bigserial NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  peer_id uuid,
  interface_id uuid,
  src_ip inet NOT NULL,
  dst_ip inet NOT NULL,
  src_port integer,
  dst_port integer,
  protocol public.ebpf_rule_protocol NOT NULL,
  bytes_in bigint NOT NULL DEFAULT 0,
  bytes_out bigint NOT NULL DEFAULT 0,
  packets_in bigint NOT NULL DEFAULT 0,
  packets_out bigint NOT NULL DEFAULT 0,
  action public.ebpf_rule_action NOT NULL,
  matched_rule_id uuid
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE public.connection_logs IS 'One partition a month; what fits none goes to the default one';

CREATE FUNCTION public.create_connection_logs_partition(month date) RETURNS text
LANGUAGE plpgsql AS $fn$
DECLARE
  first_day date := date_trunc('month', month)::date;
  next_month date := (date_trunc('month', month) + interval '1 month')::date;
  partition_name text := format('connection_logs_%s', to_char(first_day, 'YYYY_MM'));
BEGIN
  EXECUTE format(
    'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.connection_logs FOR VALUES FROM (%L) TO (%L)',
    partition_name,
    first_day::timestamp AT TIME ZONE 'UTC',
    next_month::timestamp AT TIME ZONE 'UTC'
  );
  RETURN partition_name;
END;
$fn$;
COMMENT ON FUNCTION public.create_connection_logs_partition(date) IS 'Makes the partition of the month that holds the day';

CREATE TABLE public.connection_logs_default PARTITION OF public.connection_logs DEFAULT;
`;
