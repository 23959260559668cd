package io.heartline.bench.model;

import io.heartline.bench.model.WholeNumber.Percent;
import io.heartline.bench.result.Console;
import picocli.CommandLine.Option;

/** The authors, posts, likers and weeks of generated likes. */
public final class Population {

    @Option(names = "--authors", description = "Default: ${DEFAULT-VALUE}.")
    private int authors = 10_000;

    @Option(names = "--posts", description = "Posts of each author. Default: ${DEFAULT-VALUE}.")
    private int posts = 10;

    @Option(names = "--likers", description = "Each likes a post at most once. Default: ${DEFAULT-VALUE}.")
    private int likers = 1_000_000;

    @Option(names = "--weeks", description = "With likes, up to the previous one. Default: ${DEFAULT-VALUE}.")
    private int weeks;

    @Option(
            names = "--celebrity",
            converter = Percent.class,
            description = "Percentage of all likes that one author gets; the others share the rest."
                    + " Default: ${DEFAULT-VALUE}.")
    private int celebrity;

    /** @param weeks the default of the option */
    public Population(int weeks) {
        this.weeks = weeks;
    }

    /** Returns a new generator with these options. */
    public LikeGenerator likes() {
        return new LikeGenerator(authors, posts, likers, weeks, celebrity);
    }

    public int authors() {
        return authors;
    }

    public int weeks() {
        return weeks;
    }

    @Override
    public String toString() {
        return Console.format(
                "%,d authors of %d posts, %,d likers, %d weeks, %d %% to a celebrity",
                authors, posts, likers, weeks, celebrity);
    }
}
