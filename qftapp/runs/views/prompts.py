"""Prompts: the list, one with its numbers and differences, and writing the next number with a preview."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, confirm, takes_posts, whole_number
from qftapp.items.models import ItemVersion
from qftapp.items.presenting import TEMPLATE
from qftapp.runs.asking.forms import PromptForm
from qftapp.runs.asking.requests import messages_of
from qftapp.runs.models import Prompt
from qftapp.runs.prompts import newest_prompts, numbers_of, write_prompt


def prompt_list(request: Request) -> HttpResponse:
    """The newest number of each prompt."""
    context = {"prompts": newest_prompts(), "can_run": permissions.can_run(request.user)}
    return render(request, "prompts/list.html", context)


def prompt(request: Request, name: str) -> HttpResponse:
    """One number of a prompt, by default the newest: what it says, on an item, and against the number before."""
    numbers = list(numbers_of(name))
    if not numbers:
        raise Http404(f"No prompt is called {name}.")
    wanted = whole_number(request.GET.get("number", ""))
    shown = next((each for each in numbers if each.number == wanted), numbers[0])
    form = PromptForm(initial=_filled(shown, request.GET.get("item", "")), is_new=False)
    context = {
        "prompt": shown,
        "numbers": numbers,
        "former": next((each for each in numbers if each.number < shown.number), None),
        "form": form,
        "messages_of_item": _messages(shown, request.GET.get("item", "")),
        "can_run": permissions.can_run(request.user),
    }
    return render(request, "prompts/prompt.html", context)


@takes_posts
def new_prompt(request: Request) -> HttpResponse:
    """Write a prompt of a new name."""
    return _write(request, None)


@takes_posts
def write(request: Request, name: str) -> HttpResponse:
    """Write the next number of a prompt."""
    newest = numbers_of(name).first()
    if newest is None:
        raise Http404(f"No prompt is called {name}.")
    return _write(request, newest)


def _write(request: Request, newest: Prompt | None) -> HttpResponse:
    """The form of a wording; asked to preview, what it makes of an item and what it changes."""
    if not permissions.can_run(request.user):
        raise PermissionDenied("Only engineers may write prompts.")
    form = PromptForm(request.POST or None, initial=_filled(newest, _some_item()), is_new=newest is None)
    is_preview = "preview" in request.POST
    status = 200
    if request.method == "POST" and not is_preview:
        status = 422
        if form.is_valid():
            wording = {name: form.cleaned_data[name] for name in ("name", "after", "system", "template")}
            try:
                written = write_prompt(by=request.user, **wording)
            except Conflict as error:
                form.add_error(None, str(error))
                status = 409
            except ValidationError as error:
                form.add_error(None, error)
            else:
                confirm(request, f"{written} is written.")
                return HttpResponseRedirect(reverse("prompt", args=[written.name]))
    part = "#preview" if is_preview and request.htmx else ""
    return render(request, f"prompts/write.html{part}", _page(request, form, newest), status=status)


def _page(request: Request, form: PromptForm, newest: Prompt | None) -> dict[str, Any]:
    texts = {name: request.POST.get(name, form.initial.get(name, "")) for name in ("system", "template", "item")}
    written = Prompt(system=texts["system"], template=texts["template"].replace("\r\n", "\n"))
    return {
        "form": form,
        "newest": newest,
        "next": newest.number + 1 if newest else 1,
        "written": written,
        "messages_of_item": _messages(written, texts["item"]),
    }


def _filled(prompt: Prompt | None, item: str) -> dict[str, Any]:
    """What the form starts with."""
    if prompt is None:
        return {"after": 0, "template": TEMPLATE, "system": "", "item": item}
    known = {"name": prompt.name, "after": prompt.number, "system": prompt.system, "template": prompt.template}
    return {**known, "item": item}


def _some_item() -> str:
    approved = ItemVersion.objects.filter(state=ItemVersion.State.APPROVED)
    return approved.order_by("item__slug").values_list("item__slug", flat=True).first() or ""


def _messages(prompt: Prompt, slug: str) -> list[dict[str, str]]:
    """What a model is sent of an item, nothing where no item of that name is approved."""
    version = ItemVersion.objects.filter(item__slug=slug, state=ItemVersion.State.APPROVED).first()
    return messages_of(prompt, version) if version else []
