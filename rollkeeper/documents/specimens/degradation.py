# SPDX-License-Identifier: EUPL-1.2
"""Turns a drawn specimen into a picture as taken at a counter: skewed, turned, blurred, half in shadow, small, badly compressed."""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

type Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Degradation:
    """How a picture was taken."""

    turned_degrees: float = 0
    tilt: float = 0
    """How far corners move, as a share of the width."""
    blur_pixels: float = 0
    shadow: float = 0
    """How much darker the shadowed half is: 0 not at all, 1 black."""
    noise: float = 0
    long_side_pixels: int = 1600
    quality: int = 85


def random_degradation(seed: int) -> Degradation:
    """Return how a clerk in a hurry takes a picture; the same seed gives the same picture."""
    dice = random.Random(seed)  # noqa: S311 - invention, not secrecy
    quarter = dice.choice([0, 0, 0, 90, 180, 270])
    return Degradation(
        turned_degrees=quarter + dice.uniform(-12, 12),
        tilt=dice.uniform(0, 0.03),
        blur_pixels=dice.choice([0, 0, 0.8, 1.4]),
        shadow=dice.choice([0, 0, 0.35, 0.55]),
        noise=dice.choice([0, 4, 9]),
        long_side_pixels=dice.choice([1300, 1600, 2000, 2600]),
        quality=dice.choice([50, 70, 85, 95]),
    )


def degrade(image: Image.Image, degradation: Degradation, *, seed: int = 0) -> Image.Image:
    """Return the picture as it would be taken."""
    dice = np.random.default_rng(seed)
    pixels = _on_a_desk(np.asarray(image.convert("RGB")), dice)
    pixels = _turned(pixels, degradation.turned_degrees, tilt=degradation.tilt, dice=dice)
    scale = degradation.long_side_pixels / max(pixels.shape[:2])
    pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    if degradation.blur_pixels:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), degradation.blur_pixels), np.uint8)
    light = pixels.astype(np.float32) * _shadow(pixels, degradation.shadow)[..., None]
    light += dice.normal(0, degradation.noise, light.shape) if degradation.noise else 0
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))


def _on_a_desk(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    edge = int(0.06 * pixels.shape[1])
    desk = dice.integers(60, 150, 3)
    framed = np.empty((pixels.shape[0] + 2 * edge, pixels.shape[1] + 2 * edge, 3), np.uint8)
    framed[:] = desk
    framed[edge:-edge, edge:-edge] = pixels
    return framed


def _turned(pixels: Pixels, degrees: float, *, tilt: float, dice: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + dice.uniform(-tilt, tilt, (4, 2)).astype(np.float32) * width
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    moved = (moved - moved.mean(axis=0)) @ turn.T
    moved -= moved.min(axis=0)
    size = np.ceil(moved.max(axis=0)).astype(int)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    desk = tuple(int(part) for part in pixels[0, 0])
    warped = cv2.warpPerspective(
        pixels, matrix, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR, borderValue=desk
    )
    return np.asarray(warped, np.uint8)


def _shadow(pixels: Pixels, depth: float) -> NDArray[np.float32]:
    height, width = pixels.shape[:2]
    across = np.linspace(-1, 1, width)[None, :] + 0.4 * np.linspace(-1, 1, height)[:, None]
    return np.asarray(1 - depth / (1 + np.exp(-across * 25)), np.float32)
