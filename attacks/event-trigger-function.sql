-- attack: The function of an event trigger
-- tries: A function for an event trigger waits until somebody makes one.
-- family: event triggers
-- promises: C38
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE FUNCTION public.hv_attack() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
