-- Defaults that call the function that they belong to, which CREATE OR REPLACE FUNCTION allows.
CREATE FUNCTION public.f(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION public.f(a int DEFAULT public.f(1)) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.g(a text, OUT o int, "b, c" int DEFAULT 2, d text DEFAULT 'x, y') LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION public.g(a text, OUT o int, "b, c" int DEFAULT public.g('a, b', 3), d text DEFAULT 'x, y')
  LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.h(a anyelement, VARIADIC b int[] DEFAULT '{}') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION public.h(a anyelement, VARIADIC b int[] DEFAULT ARRAY[public.h(1)]) RETURNS int
  LANGUAGE sql AS 'SELECT 1';
