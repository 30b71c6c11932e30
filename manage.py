"""Django's commands, with the embedded PostgreSQL kept running for those that need a database."""

import contextlib
import os
import sys

WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "findstatic", "help", "version", "--help", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qftapp.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from qftapp.embedded_postgres import ServerError

    needs_database = len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_DATABASE
    with contextlib.ExitStack() as stack:
        if needs_database and settings.EMBEDDED_SERVER:
            try:
                stack.enter_context(settings.EMBEDDED_SERVER.use())
            except ServerError as error:
                sys.exit(str(error))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
