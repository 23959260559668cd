package io.heartline.reports.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an audit line is about. Each action has a logger, so that each can be switched off by itself. */
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
