package io.heartline.gateway;

import io.heartline.events.FuzzTestBase;

class FuzzTest extends FuzzTestBase {}
