package io.heartline.events;

class FuzzTest extends Fuzzing {}
