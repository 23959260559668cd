package io.heartline.reports;

import io.heartline.events.Fuzzing;

class FuzzTest extends Fuzzing {}
