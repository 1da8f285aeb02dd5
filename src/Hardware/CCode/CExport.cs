using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Writes an <see cref="IntegerProgram"/> as a C header that needs nothing else: weights, thresholds, and a plain loop that gives the same bits.</summary>
/// <remarks>
/// C99, no allocation, no float. <c>ss_run</c> takes the integer input [C,H,W] and fills the last node's integers; <c>ss_unit</c> says what one of them stands for, a channel.
/// One step from rest: a neuron fires where its sum reaches <see cref="IntegerNeurons.FromRest"/>. It is a reference to port and to test against, and as slow as it is plain.
/// </remarks>
public static class CExport
{
    private const int ValuesALine = 24;

    /// <summary>Writes the header, whole or not at all.</summary>
    /// <exception cref="NotSupportedException">The network has no single last node, or is recurrent.</exception>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public static void Write(string path, IntegerProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        IntegerNode last = program.Nodes.Where(node => !program.Graph.Consumers[node.Node.Name].Any()).ToArray() switch
        {
            [var only] => only,
            var several => throw new NotSupportedException($"The network ends in {several.Length} nodes ({string.Join(", ", several.Select(node => node.Node.Name))}); a C header has one answer."),
        };
        if (program.Nodes.FirstOrDefault(node => node.Neurons?.RetainedCurrent is not null) is { } later)
        {
            throw new NotSupportedException($"Node {later.Node.Name}: current-based neurons answer two steps after their input; a C header holds one step from rest.");
        }

        if (program.Graph.IsRecurrent)
        {
            throw new NotSupportedException("The network feeds spikes back; a C header holds one step from rest.");
        }

        WholeFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            WriteHead(text, program, last);
            for (int i = 0; i < program.Nodes.Count; i++)
            {
                WriteTables(text, program, program.Nodes[i], i);
            }

            text.WriteLine(Kernels);
            WriteRun(text, program, last);
            text.WriteLine("#endif");
        });
    }

    private static void WriteHead(StreamWriter text, IntegerProgram program, IntegerNode last)
    {
        text.WriteLine("/* An integer spiking network, written by StereoSpike for .NET. One step from rest: ss_run(input, output). */");
        text.WriteLine("#ifndef SS_NETWORK_H\n#define SS_NETWORK_H\n#include <stdint.h>\n");
        text.WriteLine(Text($"#define SS_INPUTS {program.Graph.Input.Shape.Count}    /* {program.Graph.Input.Shape}, each from -{program.InputMaximum} to {program.InputMaximum} */"));
        text.WriteLine(Text($"#define SS_OUTPUTS {last.Node.Shape.Count}    /* {last.Node.Shape} */"));
        text.WriteLine(program.Settings.WeightBits <= 8 ? "typedef int8_t ss_weight;" : "typedef int16_t ss_weight;");
        text.WriteLine(Text($"static const double ss_unit[] = {{ {string.Join(", ", last.Scale.Select(unit => unit.ToString("R", CultureInfo.InvariantCulture)))} }};\n"));
    }

    private static void WriteTables(StreamWriter text, IntegerProgram program, IntegerNode node, int number)
    {
        text.WriteLine(Text($"/* {node.Node.Name} {node.Node.Shape} */"));
        text.WriteLine(Text($"static int64_t ss_v{number}[{node.Node.Shape.Count}];"));
        if (node.Weights.Length > 0)
        {
            WriteArray(text, $"static const ss_weight ss_w{number}[]", node.Weights.Select(w => (long)w));
            WriteArray(text, $"static const int64_t ss_b{number}[]", node.Bias);
        }

        if (node.Neurons is not null)
        {
            WriteArray(text, $"static const int64_t ss_t{number}[]", node.Neurons.FromRest);
        }

        if (node.Multipliers.Length > 0)
        {
            WriteArray(text, $"static const int64_t ss_m{number}[]", node.Multipliers.SelectMany(row => row));
        }

        if (node.Node.Operation is NearestResizeOperation)
        {
            FeatureShape read = program.Graph[node.Node.Inputs[0]].Shape;
            WriteArray(text, $"static const int32_t ss_r{number}[]", NearestResize.Sources(read.Height, node.Node.Shape.Height).Select(i => (long)i));
            WriteArray(text, $"static const int32_t ss_c{number}[]", NearestResize.Sources(read.Width, node.Node.Shape.Width).Select(i => (long)i));
        }
    }

    private static void WriteArray(StreamWriter text, string declaration, IEnumerable<long> values)
    {
        text.Write($"{declaration} = {{");
        int column = 0;
        foreach (long value in values)
        {
            text.Write(column++ % ValuesALine == 0 ? "\n" : "");
            text.Write(value.ToString(CultureInfo.InvariantCulture));
            text.Write(',');
        }

        text.WriteLine("\n};");
    }

    private static void WriteRun(StreamWriter text, IntegerProgram program, IntegerNode last)
    {
        Dictionary<string, int> numbers = program.Nodes.Select((node, i) => (node.Node.Name, i)).ToDictionary();
        text.WriteLine("static inline void ss_run(const int32_t *input, int64_t *output)\n{\n    for (int i = 0; i < SS_INPUTS; i++) ss_v0[i] = input[i];");
        for (int n = 1; n < program.Nodes.Count; n++)
        {
            IntegerNode node = program.Nodes[n];
            FeatureShape made = node.Node.Shape, read = program.Graph[node.Node.Inputs[0]].Shape;
            string from = $"ss_v{numbers[node.Node.Inputs[0]]}", shapes = Text($"{read.Channels}, {read.Height}, {read.Width}"), sides = Text($"{made.Channels}, {made.Height}, {made.Width}");
            text.WriteLine(node.Node.Operation switch
            {
                ConvolutionOperation conv => Text($"    ss_convolve({from}, {shapes}, ss_w{n}, ss_b{n}, {conv.Kernel}, {conv.Stride}, {conv.Padding}, {conv.Groups}, ss_v{n}, {sides});"),
                LinearOperation => Text($"    ss_convolve({from}, {read.Count}, 1, 1, ss_w{n}, ss_b{n}, 1, 1, 0, 1, ss_v{n}, {made.Channels}, 1, 1);"),
                NearestResizeOperation => Text($"    ss_resize({from}, {shapes}, ss_r{n}, ss_c{n}, ss_v{n}, {made.Height}, {made.Width});"),
                SumPoolingOperation pooling => Text($"    ss_pool({from}, {shapes}, {pooling.Size}, ss_v{n}, {sides});"),
                FiringOperation => Text($"    ss_fire({from}, ss_t{n}, ss_v{n}, {made.Channels}, {made.Height * made.Width});"),
                AddOperation or IntegratorOperation => string.Join("\n", node.Node.Inputs.Select((input, i) =>
                    Text($"    ss_add(ss_v{numbers[input]}, ss_m{n} + {i * made.Channels}, ss_v{n}, {made.Channels}, {made.Height * made.Width}, {(i == 0 ? 1 : 0)});"))),
                _ => throw new NotSupportedException($"Node {node.Node.Name}: {node.Node.Operation.GetType().Name} has no C form."),
            });
        }

        text.WriteLine(Text($"    for (int i = 0; i < SS_OUTPUTS; i++) output[i] = ss_v{numbers[last.Node.Name]}[i];\n}}\n"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private const string Kernels = """

        static inline void ss_convolve(const int64_t *x, int channels, int height, int width, const ss_weight *w, const int64_t *bias,
                                int kernel, int stride, int padding, int groups, int64_t *y, int outputs, int rows, int columns)
        {
            int read = channels / groups, made = outputs / groups;
            for (int o = 0; o < outputs; o++)
                for (int r = 0; r < rows; r++)
                    for (int q = 0; q < columns; q++) {
                        int64_t sum = bias[o];
                        for (int c = 0; c < read; c++)
                            for (int i = 0; i < kernel; i++)
                                for (int j = 0; j < kernel; j++) {
                                    int yy = r * stride - padding + i, xx = q * stride - padding + j;
                                    if (yy >= 0 && yy < height && xx >= 0 && xx < width)
                                        sum += w[((o * read + c) * kernel + i) * kernel + j] * x[((o / made * read + c) * height + yy) * width + xx];
                                }
                        y[(o * rows + r) * columns + q] = sum;
                    }
        }

        static inline void ss_resize(const int64_t *x, int channels, int height, int width, const int32_t *source_row, const int32_t *source_column, int64_t *y, int rows, int columns)
        {
            for (int c = 0; c < channels; c++)
                for (int r = 0; r < rows; r++)
                    for (int q = 0; q < columns; q++)
                        y[(c * rows + r) * columns + q] = x[(c * height + source_row[r]) * width + source_column[q]];
        }

        static inline void ss_pool(const int64_t *x, int channels, int height, int width, int size, int64_t *y, int outputs, int rows, int columns)
        {
            for (int i = 0; i < outputs * rows * columns; i++) y[i] = 0;
            for (int c = 0; c < channels; c++)
                for (int r = 0; r < height; r++)
                    for (int q = 0; q < width; q++)
                        y[(c * rows + r / size) * columns + q / size] += x[(c * height + r) * width + q];
        }

        static inline void ss_fire(const int64_t *x, const int64_t *threshold, int64_t *y, int channels, int pixels)
        {
            for (int c = 0; c < channels; c++)
                for (int p = 0; p < pixels; p++)
                    y[c * pixels + p] = x[c * pixels + p] >= threshold[c];
        }

        static inline void ss_add(const int64_t *x, const int64_t *multiplier, int64_t *y, int channels, int pixels, int first)
        {
            for (int c = 0; c < channels; c++)
                for (int p = 0; p < pixels; p++)
                    y[c * pixels + p] = (first ? 0 : y[c * pixels + p]) + multiplier[c] * x[c * pixels + p];
        }

        """;
}
