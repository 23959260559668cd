package io.heartline.reports.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The actions that are audited. Each action has its own logger, so that operators can switch it off separately. */
enum AuditAction {
    RUN("run"),
    EXPORT("export"),
    ERASE("erase"),
    READ("read");

    final String text;
    final Logger logger;

    AuditAction(String text) {
        this.text = text;
        this.logger = LoggerFactory.getLogger(AuditLog.NAME + '.' + text);
    }
}
