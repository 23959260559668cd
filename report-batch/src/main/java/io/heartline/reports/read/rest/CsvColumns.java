package io.heartline.reports.read.rest;

import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.ranking.RankedAuthor;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.rest.WeekPostsController.PostLine;

/** The columns of the lists as CSV. {@code docs/http.md} describes them. */
final class CsvColumns {

    private static final String[] DAYS = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

    static final Csv<ReportView> REPORTS = reports();

    static final Csv<RankedAuthor> RANKING = new Csv<RankedAuthor>()
            .column("authorId", RankedAuthor::authorId)
            .column("revision", RankedAuthor::revision)
            .column("likes", RankedAuthor::likes)
            .column("unlikes", RankedAuthor::unlikes)
            .column("likers", RankedAuthor::likers)
            .column("growth", RankedAuthor::growth)
            .column("eventsLiked", author -> author.events().liked())
            .column("eventsUnliked", author -> author.events().unliked())
            .column("exact", author -> author.precision().exact())
            .column("relativeError", author -> author.precision().relativeError());

    static final Csv<PostLine> POSTS = new Csv<PostLine>()
            .column("postId", PostLine::postId)
            .column("likes", PostLine::likes)
            .column("complete", PostLine::complete);

    static final Csv<SummaryLine> SUMMARY = new Csv<SummaryLine>()
            .column("authorId", SummaryLine::authorId)
            .column("period", SummaryLine::period)
            .column("name", SummaryLine::name)
            .column("zone", SummaryLine::zone)
            .column("likes", SummaryLine::likes)
            .column("unlikes", SummaryLine::unlikes)
            .column("likers", SummaryLine::likers)
            .column("likersError", SummaryLine::likersError)
            .column(
                    "eventsLiked",
                    line -> line.events() == null ? null : line.events().liked())
            .column(
                    "eventsUnliked",
                    line -> line.events() == null ? null : line.events().unliked())
            .column("complete", SummaryLine::complete)
            .column("asOf", SummaryLine::asOf)
            .column("through", SummaryLine::through);

    private CsvColumns() {}

    private static Csv<ReportView> reports() {
        Csv<ReportView> columns = new Csv<ReportView>()
                .column("authorId", ReportView::authorId)
                .column("week", ReportView::week)
                .column("from", ReportView::from)
                .column("to", ReportView::to)
                .column("zone", ReportView::zone)
                .column("status", ReportView::status)
                .column("revision", ReportView::revision)
                .column("likes", ReportView::likes)
                .column("unlikes", ReportView::unlikes)
                .column("likers", ReportView::likers)
                .column("likersReturning", ReportView::likersReturning)
                .column("likersReturningError", ReportView::likersReturningError)
                .column("eventsLiked", report -> report.events().liked())
                .column("eventsUnliked", report -> report.events().unliked())
                .column("exact", report -> report.precision().exact())
                .column("relativeError", report -> report.precision().relativeError())
                .column("topPostsTooHighBy", report -> report.precision().topPostsTooHighBy());
        for (int i = 0; i < DAYS.length; i++) {
            int day = i;
            columns.column(DAYS[day], report -> report.byDay().get(day).likes());
        }
        return columns.column("topPost", report -> report.topPosts().stream()
                        .map(PostLikes::postId)
                        .findFirst()
                        .orElse(null))
                .column("topPostLikes", report -> report.topPosts().stream()
                        .map(PostLikes::likes)
                        .findFirst()
                        .orElse(null))
                .column("asOf", ReportView::asOf)
                .column("through", ReportView::through);
    }
}
