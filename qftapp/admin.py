"""What administrators look after by hand: people and their roles; everything else has pages of its own."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from qftapp.actors.models import Event, User

admin.site.site_header = admin.site.site_title = "Administration"


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """People, their roles and whether they may log in."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_robot")
    list_filter = ("groups", "is_active", "is_staff", "is_robot")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Kind", {"fields": ("is_robot",)}))


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """The log, to read."""

    list_display = ("at", "actor", "verb", "subject")
    list_filter = ("verb",)
    search_fields = ("subject", "actor__username")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody writes the log by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Nor changes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Nor takes anything out of it."""
        return False
