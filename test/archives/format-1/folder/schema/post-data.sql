--- 18 index public.log_at
CREATE INDEX log_at ON ONLY public.log USING btree (at);

--- 19 index public.log_2026_01_at_idx
CREATE INDEX log_2026_01_at_idx ON public.log_2026_01 USING btree (at);

--- 20 index public.log_rest_at_idx
CREATE INDEX log_rest_at_idx ON public.log_rest USING btree (at);

--- 21 index public.orders_user
CREATE INDEX orders_user ON public.orders USING btree (user_id DESC) WHERE (total > (10)::numeric);

--- 22 key-constraint public.orders orders_pkey
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

--- 23 key-constraint public.users users_email_key
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

--- 24 key-constraint public.users users_pkey
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

--- 25 index-attach public.log_2026_01_at_idx
ALTER INDEX public.log_at ATTACH PARTITION public.log_2026_01_at_idx;

--- 26 index-attach public.log_rest_at_idx
ALTER INDEX public.log_at ATTACH PARTITION public.log_rest_at_idx;

--- 27 foreign-key public.orders orders_parent_id_fkey
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.orders(id);

--- 28 foreign-key public.orders orders_user_id_fkey
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--- 29 trigger public.orders orders_stamp
CREATE TRIGGER orders_stamp BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.stamp();
