package io.heartline.producer;

import io.heartline.events.Fuzzing;

class FuzzTest extends Fuzzing {}
