package io.heartline.producer;

import io.heartline.events.FuzzTestBase;

class FuzzTest extends FuzzTestBase {}
