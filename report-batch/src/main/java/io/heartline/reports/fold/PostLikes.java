package io.heartline.reports.fold;

/**
 * A post and its likes in one week.
 *
 * @param postId the post
 * @param likes the number of people who liked it
 */
public record PostLikes(String postId, long likes) {}
