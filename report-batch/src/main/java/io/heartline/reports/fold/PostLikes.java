package io.heartline.reports.fold;

/** A post and the number of people who liked it. */
public record PostLikes(String postId, long likes) {}
