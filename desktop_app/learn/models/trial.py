"""Own weights tried on a photo before there is a model of them: whether what the person says about them is right."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from desktop_app.core.model.card import Preprocessing
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import prepare_photo
from desktop_app.learn.models.fitting import Fit, check_input, fitted
from desktop_app.learn.models.weights_file import State


class Trial:
    """Makes the network once; then any preprocessing can be tried."""

    def __init__(self, state: State, fit: Fit) -> None:
        self._fit = fit
        net = fitted(state, fit)
        assert net is not None  # or the file would not have been recognised
        self._net = net.float()

    def __call__(self, photo: SourceImage, spec: Preprocessing) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The input (3, H, W), and the probabilities (classes,). Raises UserError where it cannot read this size."""
        check_input(self._fit, spec.height, spec.width)
        prepared = prepare_photo(photo, spec).input
        with torch.inference_mode():
            chances = self._net(torch.from_numpy(prepared)[None])[0].softmax(0)
        return prepared, chances.numpy()
