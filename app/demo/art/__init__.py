"""The drawings of the demo world: portraits, photos, stickers and clips, made with Pillow alone and seeded."""
