package io.heartline.bench;

import picocli.CommandLine.Option;

/** Who likes whose posts, and in which weeks. */
final class Crowd {

    @Option(names = "--authors", converter = WholeNumber.Positive.class, description = "Default: ${DEFAULT-VALUE}.")
    private int authors = 10_000;

    @Option(
            names = "--posts",
            converter = WholeNumber.Positive.class,
            description = "Of each author. Default: ${DEFAULT-VALUE}.")
    private int posts = 10;

    @Option(
            names = "--likers",
            converter = WholeNumber.Positive.class,
            description = "Each likes a post once, so an author has likes for as many times the posts, and no more."
                    + " Default: ${DEFAULT-VALUE}.")
    private int likers = 1_000_000;

    @Option(
            names = "--weeks",
            converter = WholeNumber.Positive.class,
            description = "Up to the previous one, among which the likes are spread. Default: ${DEFAULT-VALUE}.")
    private int weeks;

    @Option(
            names = "--celebrity",
            converter = WholeNumber.Percent.class,
            description = "Of all likes, in percent, go to one author; the rest to all others alike."
                    + " Default: ${DEFAULT-VALUE}.")
    private int celebrity;

    /** @param weeks unless the option says otherwise */
    Crowd(int weeks) {
        this.weeks = weeks;
    }

    /** As the options say. */
    Likes likes() {
        return new Likes(authors, posts, likers, weeks, celebrity);
    }

    int authors() {
        return authors;
    }

    int weeks() {
        return weeks;
    }

    @Override
    public String toString() {
        return Console.format(
                "%,d authors of %d posts, %,d likers, %d weeks, %d %% to a celebrity",
                authors, posts, likers, weeks, celebrity);
    }
}
