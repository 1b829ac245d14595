"""What the migrations make is what the models say: no difference waits for a migration that nobody wrote."""

from django.core.management import call_command


def test_the_migrations_say_of_every_table_what_its_model_says(register):
    call_command("makemigrations", check=True, dry_run=True, verbosity=3)
