package io.heartline.events;

class FuzzTest extends FuzzTestBase {}
