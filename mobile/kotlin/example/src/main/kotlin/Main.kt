import dev.edgewarden.Decision
import dev.edgewarden.promptScanner
import dev.edgewarden.range
import dev.edgewarden.stableName

/** Scans each line of standard input; ends with 1 if one is to be blocked. */
fun main() {
    var isBlocked = false
    promptScanner().use { scanner ->
        for (line in generateSequence(::readLine)) {
            val report = scanner.scan(line)
            println("${report.decision.stableName} ${report.score}")
            for (finding in report.findings) println("  ${finding.ruleId}: ${line.substring(finding.range)}")
            isBlocked = isBlocked || report.decision == Decision.BLOCK
        }
    }
    kotlin.system.exitProcess(if (isBlocked) 1 else 0)
}
