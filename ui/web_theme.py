"""Gradio's theme, bound to the colours of ``ui/assets/chat.css``: one palette, light and dark."""

from __future__ import annotations

import gradio as gr

# Gradio's name -> ours, a variable that the style sheet gives a value for each mode.
COLOURS = {
    "body_background_fill": "paper",
    "body_text_color": "ink",
    "body_text_color_subdued": "muted",
    "background_fill_primary": "paper",
    "background_fill_secondary": "raised",
    "block_background_fill": "paper",
    "block_border_color": "rule",
    "block_label_text_color": "muted",
    "block_title_text_color": "ink",
    "block_info_text_color": "muted",
    "border_color_primary": "rule",
    "border_color_accent": "accent",
    "input_background_fill": "raised",
    "input_border_color": "rule",
    "input_border_color_focus": "accent",
    "input_placeholder_color": "muted",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent-strong",
    "button_primary_text_color": "on-accent",
    "button_secondary_background_fill": "raised",
    "button_secondary_background_fill_hover": "rule",
    "button_secondary_text_color": "ink",
    "button_cancel_background_fill": "raised",
    "button_cancel_background_fill_hover": "rule",
    "button_cancel_text_color": "ink",
    "checkbox_background_color": "raised",
    "checkbox_background_color_selected": "accent",
    "checkbox_border_color": "muted",
    "checkbox_label_background_fill": "paper",
    "checkbox_label_text_color": "ink",
}


def theme() -> gr.themes.Base:
    """Return a theme that leaves every colour to the variables of the style sheet."""
    base = gr.themes.Base(
        font=["Source Sans Pro", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        radius_size="sm",
    )
    return base.set(
        **{
            f"{gradio_name}{mode}": f"var(--dl-{name})"
            for gradio_name, name in COLOURS.items()
            for mode in ("", "_dark")
        }
    )
