"""Documents and signatures of the demo world's applicants, drawn."""

import io

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

INK = "#1c2733"


def draw_document(title, lines):
    """A page with a title and some lines, as PDF (bytes)."""
    content = io.BytesIO()
    page = Canvas(content, pagesize=A4, invariant=True)
    page.setFont("Helvetica-Bold", 20)
    page.drawString(60, 760, title)
    page.setFont("Helvetica", 12)
    for number, line in enumerate(lines):
        page.drawString(60, 720 - 20 * number, line)
    page.setFont("Helvetica-Oblique", 9)
    page.drawString(60, 60, "An invented document of an invented company.")
    page.save()
    return content.getvalue()


def draw_signature(name):
    """A scribble of a person, as PNG (bytes)."""
    image = Image.new("RGBA", (560, 150), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    points, x = [], 40
    for char in name:
        x += 12 + ord(char) % 9
        points.append((x, 75 + (ord(char) * 7) % 60 - 30))
        points.append((x + 6, 95 - (ord(char) * 5) % 50))
    draw.line(points, fill=INK, width=4, joint="curve")
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
