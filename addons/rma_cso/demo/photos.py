import io

from PIL import Image, ImageDraw

CARDBOARD, TAPE, INK = "#b48a5a", "#d9c7a8", "#3a2a18"


def draw_photo(words):
    """A drawn box with these words on its label, as JPEG (bytes)."""
    image = Image.new("RGB", (800, 600), "#e8e4de")
    draw = ImageDraw.Draw(image)
    draw.polygon([(120, 190), (420, 110), (700, 190), (700, 500), (120, 500)], fill=CARDBOARD)
    draw.rectangle([(370, 150), (450, 500)], fill=TAPE)
    draw.line([(120, 190), (260, 300), (220, 360), (330, 500)], fill=INK, width=6)
    draw.rectangle([(480, 320), (680, 440)], fill="white", outline=INK, width=2)
    draw.text((580, 380), words, fill=INK, anchor="mm", font_size=24)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=85)
    return content.getvalue()
