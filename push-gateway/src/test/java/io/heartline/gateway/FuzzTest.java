package io.heartline.gateway;

import io.heartline.events.Fuzzing;

class FuzzTest extends Fuzzing {}
