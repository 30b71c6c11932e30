"""The WSGI application that gunicorn serves."""

import os
import threading

from django.core.wsgi import get_wsgi_application

from qftapp.verification import sandbox

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qftapp.settings")
application = get_wsgi_application()

# Loading the numeric libraries takes seconds; the first person who asks for checks should not wait for it.
threading.Thread(target=sandbox.warm_up, kwargs={"with_twin": True}, name="warm-up", daemon=True).start()
