package io.heartline.reports;

import io.heartline.events.FuzzTestBase;

class FuzzTest extends FuzzTestBase {}
