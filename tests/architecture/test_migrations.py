"""The migrations match the models: no migration is missing."""

from django.core.management import call_command


def test_the_migrations_say_of_every_table_what_its_model_says(register):
    call_command("makemigrations", check=True, dry_run=True, verbosity=3)
