"""django-allauth's headless API as this platform offers it: its adapters, its errors, its URLs."""
